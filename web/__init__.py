"""The pages and protocols that :mod:`server` composes: one blueprint a concern."""
