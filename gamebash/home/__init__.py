"""Where a signed-in person lands: My day, put together from the features below."""
