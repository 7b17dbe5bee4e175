"""The life cycle of models: installed, re-extracted, compared, in force."""
