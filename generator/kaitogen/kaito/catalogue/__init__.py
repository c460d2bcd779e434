"""What KAITO knows by heart, per version: models, GPU instance types, annotations. RuleContext only, no judgement."""
