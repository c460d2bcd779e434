"""`kaitogen fmt`: intent files in canonical order and layout."""
