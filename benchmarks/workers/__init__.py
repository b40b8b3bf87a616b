"""One program a file, each run in a process of its own; they share only `measure`."""
