"""What every test gets: the cast, and the plumbing of the two stacks."""

pytest_plugins = ["tests.cast"]
