"""The command line: one module per command group, with arguments and output; the packages below do the work."""
