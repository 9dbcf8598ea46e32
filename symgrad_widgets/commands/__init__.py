"""The commands of the command line. Each is a module with `configure(parser)` and `main(arguments)`."""
