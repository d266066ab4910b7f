"""The adapter inside other people's test runners. Each needs an extra, and is imported by its own name."""
