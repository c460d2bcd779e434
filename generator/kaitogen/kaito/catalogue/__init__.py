"""What KAITO knows by heart, per version: models, GPU instance types, annotations. Facts only, no judgement."""
