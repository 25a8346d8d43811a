// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Package chart draws the benchmark's charts as SVG. Their colours are of a
// middle brightness on no background, so that they can be read on a white page
// and on a dark one.
package chart

import (
	"fmt"
	"image/color"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Chart is a chart to be drawn: bars if it has Categories, else lines.
type Chart struct {
	File       string // its name, without a folder
	Title      string
	X, Y       string   // what the axes show, with units
	Categories []string // along the x axis, for bars
	LogX, LogY bool     // for lines
	Series     []Series
}

// Series is one colour of a chart.
type Series struct {
	Name   string
	X      []float64 // of a line
	Y      []float64 // of a bar in each category, or of a line
	Dashed bool
}

const width, height, margin = 7.2 * vg.Inch, 3.8 * vg.Inch, 0.12 * vg.Inch

// Draw writes the chart to a file.
func (c Chart) Draw(path string) error {
	p := plot.New()
	c.style(p)
	var err error
	if len(c.Categories) > 0 {
		err = c.bars(p)
	} else {
		err = c.lines(p)
	}
	if err != nil {
		return fmt.Errorf("draw %s: %w", c.File, err)
	}
	canvas := vgsvg.New(width, height)
	p.Draw(draw.Crop(draw.New(canvas), margin, -margin, margin, -margin))
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := canvas.WriteTo(file); err != nil {
		_ = file.Close()
		return fmt.Errorf("write %s: %w", c.File, err)
	}
	return file.Close()
}

// palette returns the colour of a series.
func palette(i int) color.Color {
	colors := [...]color.Color{
		color.RGBA{R: 0x7d, G: 0x85, B: 0x90, A: 0xff},
		color.RGBA{R: 0x2f, G: 0x81, B: 0xf7, A: 0xff},
		color.RGBA{R: 0xdb, G: 0x6d, B: 0x28, A: 0xff},
		color.RGBA{R: 0x2d, G: 0xa4, B: 0x4e, A: 0xff},
		color.RGBA{R: 0xa3, G: 0x71, B: 0xf7, A: 0xff},
	}
	return colors[i%len(colors)]
}

func (c Chart) style(p *plot.Plot) {
	ink := palette(0)
	p.BackgroundColor = color.Transparent
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = c.Title, c.X, c.Y
	p.Title.TextStyle.Color, p.Title.TextStyle.Font.Size = ink, 13
	p.Title.Padding = 8
	p.Legend.TextStyle.Color, p.Legend.TextStyle.Font.Size = ink, 10
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.ThumbnailWidth, p.Legend.Padding = 18, 3
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color, axis.Tick.Color = ink, ink
		axis.Tick.Label.Color, axis.Tick.Label.Font.Size = ink, 10
		axis.Label.TextStyle.Color, axis.Label.TextStyle.Font.Size = ink, 11
		axis.Label.Padding = 4
	}
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal.Color = color.NRGBA{R: 0x7d, G: 0x85, B: 0x90, A: 0x50}
	p.Add(grid)
}

func (c Chart) bars(p *plot.Plot) error {
	room := (width - 1.2*vg.Inch) / vg.Length(len(c.Categories))
	one := min(room*0.8/vg.Length(len(c.Series)), 0.5*vg.Inch)
	highest := 0.0
	for i, s := range c.Series {
		bars, err := plotter.NewBarChart(plotter.Values(s.Y), one)
		if err != nil {
			return err
		}
		bars.Color, bars.LineStyle.Width = palette(i), 0
		bars.Offset = one * vg.Length(float64(i)-float64(len(c.Series)-1)/2)
		p.Add(bars)
		if len(c.Series) > 1 {
			p.Legend.Add(s.Name, bars)
		} else {
			bars.Color = palette(1)
		}
		for _, y := range s.Y {
			highest = max(highest, y)
		}
	}
	p.NominalX(c.Categories...)
	p.X.Min, p.X.Max = -0.6, float64(len(c.Categories))-0.4
	p.Y.Min, p.Y.Max = 0, highest*(1.1+0.08*float64(len(c.Series))) // the legend stands above
	p.Y.Tick.Marker = plainTicks{}
	return nil
}

func (c Chart) lines(p *plot.Plot) error {
	for i, s := range c.Series {
		points := make(plotter.XYs, len(s.X))
		for j := range points {
			points[j] = plotter.XY{X: s.X[j], Y: s.Y[j]}
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		line.Color, line.Width = palette(i), 2
		if s.Dashed {
			line.Dashes = []vg.Length{5, 3}
		}
		dots.Color, dots.Shape = palette(i), draw.CircleGlyph{}
		p.Add(line, dots)
		p.Legend.Add(s.Name, line, dots)
	}
	p.Y.Tick.Marker, p.X.Tick.Marker = plainTicks{}, plainTicks{}
	if c.LogX {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, logTicks{}
	}
	if c.LogY {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{}
	} else {
		p.Y.Min, p.Y.Max = 0, p.Y.Max*1.3
	}
	return nil
}
