"""The design system: base templates, components, icons, front-end bundle, languages of the interface."""
