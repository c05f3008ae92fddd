"""gamebash turns an organisation's production incidents into a game worth playing.

One package per chapter of the domain; ``factory.create_app`` puts them together.
"""
