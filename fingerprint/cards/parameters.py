"""Every number of the cutter, with its unit; the anatomical ones hold for adults, with room for children."""

from __future__ import annotations

# the image of ridges
FILTER_PPI = 250.0  # pixels an inch at which ridges are separated from other marks: half a scanner's
CELL_PPI = 125.0  # cells an inch of the map that says where ridges are
RIDGE_BAND = (0.9, 2.6)  # pixels at FILTER_PPI: standard deviations between which ridges pass, of period 4.5
SHADE_BAND = 12.0  # the same, up to which coarser marks count
WINDOW = 6.5  # pixels at FILTER_PPI: standard deviation of the averaging window, nearly two ridges
MIN_CONTRAST = 1.6  # grey levels: the least mean swing of faint ridges
RELATIVE_CONTRAST = 0.12  # of the strongest swing in the image (95th percentile)
MIN_FILL = 0.45  # how evenly the swing fills the window: 0.81 for a sine, near 0 for a single stroke
MIN_TONE = 0.30  # the ridges' part of all that is not even grey
OPENING = 0.09  # inches: what is thinner than twice this is text or a stroke
PIECE_OPENING = 0.45  # of the radius of a piece's largest circle: the same, for what still hangs on a piece
LARGEST_HOLE = 0.15  # square inches: a hole punched through a print is filled

# pieces of skin
MIN_PIECE = 0.05  # square inches
MIN_RADIUS = 0.11  # inches: a piece has a circle of this size in it
PEAK_DEPTH = 0.02  # inches that the neck between two circles must be narrower for them to be two pieces at first
NECK = 0.9  # of the smaller piece's breadth: with a wider neck they are one piece
MAX_TILT = 45  # degrees that a hand may be turned
UPRIGHT = 0.4  # a square radian: how much less likely a leaning hand is, in the logarithm
TILT_DOUBT = 0.35  # of the logarithm: tilts that are less likely by more are not tried

# fingers
FINGER_WIDTH = (0.28, 1.15)  # inches: a child's little finger to a thumb
STACKED = 0.5  # of the narrower piece's breadth, shared: one piece then lies above the other
TIP_LENGTH = 1.8  # of its width: the longest fingertip before the first crease
CUT_OFF = 1.3  # how much longer than its width implies a tip may be, where the image's side cuts it
ROW_FILLED = 0.3  # of a finger's width: a row with less skin lies beyond its end
CREASE = (0.75, 1.9)  # of its width: where the first crease is sought
CREASE_DEPTH = 0.62  # of the usual breadth: what a crease is narrower than
MIN_TIP_AREA = 0.10  # square inches
EDGE_WIDTH = 0.62  # of the usual width: a piece at the image's side that is narrower belongs to a neighbouring box
MAX_LEAN = 25.0  # degrees between a finger and the hand
RIVAL = 0.62  # of the least finger's score: what an extra piece must have to make the count doubtful
DISTINCT_HEIGHT = 0.18  # inches: the least difference in height of the outer fingers' tips to decide the hand by
TELLING_WIDTH = 0.12  # inches: the same for their breadths
APART = 0.8  # of two neighbouring fingers' mean breadth: how far apart they lie at least
MARGIN = 0.04  # inches of paper around a finger

# whole cards
ROW_HEIGHT = 0.75  # inches: half of a rolled print's field; prints whose middles differ by less stand in one row
PRINT_GAP = 0.12  # inches between two prints of a row at least; pieces that are closer are of one print
