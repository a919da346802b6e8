"""Tags: their names and colours, what rests on each, and, within, who carries them since when."""
