"""What the tests stand on: databases, browsers, clients."""
