"""What is worth a second look in a form that can be used: `findings` is where to begin."""
