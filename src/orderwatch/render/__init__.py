"""One module for each output: values in, text out."""
