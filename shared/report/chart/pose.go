package chart

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// Pose is where a canvas draws: an affine map of the plane, as the six numbers
// a to f of SVG's matrix.
type Pose [6]float64

// Upright changes nothing.
var Upright = Pose{1, 0, 0, 1, 0, 0}

// Rotate is the pose turned by an angle in radians.
func (m Pose) Rotate(rad float64) Pose {
	sin, cos := math.Sincos(rad)
	return m.times(Pose{cos, sin, -sin, cos, 0, 0})
}

// Translate is the pose moved.
func (m Pose) Translate(pt vg.Point) Pose {
	return m.times(Pose{1, 0, 0, 1, float64(pt.X), float64(pt.Y)})
}

// Scale is the pose stretched.
func (m Pose) Scale(x, y float64) Pose { return m.times(Pose{x, 0, 0, y, 0, 0}) }

// times is the product. Products are rounded before they are added, so that it
// is the same on every processor.
func (m Pose) times(n Pose) Pose {
	dot := func(a, b, c, d float64) float64 { return float64(a*b) + float64(c*d) }
	return Pose{
		dot(m[0], n[0], m[2], n[1]), dot(m[1], n[0], m[3], n[1]),
		dot(m[0], n[2], m[2], n[3]), dot(m[1], n[2], m[3], n[3]),
		dot(m[0], n[4], m[2], n[5]) + m[4], dot(m[1], n[4], m[3], n[5]) + m[5],
	}
}

// At is where a point comes to lie.
func (m Pose) At(p vg.Point) (x, y float64) {
	px, py := float64(p.X), float64(p.Y)
	return float64(m[0]*px) + float64(m[2]*py) + m[4], float64(m[1]*px) + float64(m[3]*py) + m[5]
}

// Turn is the angle of the pose in degrees, against the clock.
func (m Pose) Turn() float64 {
	turn := math.Atan2(m[1], m[0]) * 180 / math.Pi
	if math.Abs(turn) < 1e-9 {
		return 0
	}
	return turn
}
