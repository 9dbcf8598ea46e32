"""Commands of the command line that have a module of their own: `configure(parser)` and `main(arguments)`."""
