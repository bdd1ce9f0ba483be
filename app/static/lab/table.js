// The table of the lab: puts the record of each finished run, and the words, where all views find them.
watch('value', () => lab.put(props.value));
watch('words', () => lab.say(props.words));
lab.say(props.words);
lab.put(props.value);
