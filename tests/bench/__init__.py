"""The benchmarks of `make bench`: our pages beside what the bare framework does, in one run on one machine."""
