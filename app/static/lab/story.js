follow(() => {});
