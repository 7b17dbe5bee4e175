"""The languages of pages and documents: catalogues, labels of the domain's values, dates and numbers."""
