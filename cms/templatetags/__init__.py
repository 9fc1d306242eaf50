"""Template tags of `cms`: lower rooms’ public pages load them."""
