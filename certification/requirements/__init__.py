"""Hour rules: what boards and certifying bodies ask for, and how entries measure up to it."""
