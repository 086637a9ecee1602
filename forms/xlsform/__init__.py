"""XLSForms as authors have them: workbooks and Markdown tables, into XForms and into each other."""
