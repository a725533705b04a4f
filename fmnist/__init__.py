"""Recognise drawn digits and photographed clothing."""
