"""ApplicationSets to Applications, as the controller generates them: parameter sets, then templates."""
