"""How fast galleries of any size are searched, what is lost against comparing everything, and what that takes."""
