"""Training of the tokenizer and the transformer, and the pictures they are trained on."""
