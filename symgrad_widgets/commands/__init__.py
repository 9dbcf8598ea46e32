"""Commands of the command line, one module each, with `configure(parser)` and `main(arguments)`."""
