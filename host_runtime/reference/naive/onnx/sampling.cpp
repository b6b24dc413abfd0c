// SPDX-License-Identifier: Apache-2.0
// Images read at real coordinates: RoiAlign and GridSample. In binary64.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "host_runtime/reference/naive/onnx/functions.h"

namespace nnp::reference::naive {
namespace {

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

/// One channel of an image.
struct Plane {
  std::span<const float> pixels;
  std::int64_t height, width;
  double at(std::int64_t row, std::int64_t column) const {
    return static_cast<double>(pixels[size(row * width + column)]);
  }
};

/// The four neighbours of a place and their weights, clamped to the image; none more than a pixel outside.
struct Neighbours {
  std::int64_t rows[2], columns[2];
  double weights[2][2];
};
std::optional<Neighbours> neighbours(double y, double x, std::int64_t height, std::int64_t width) {
  if (y < -1 || y > static_cast<double>(height) || x < -1 || x > static_cast<double>(width))
    return std::nullopt;
  const double row = std::max(y, 0.0), column = std::max(x, 0.0);
  Neighbours n{};
  n.rows[0] = std::min(static_cast<std::int64_t>(row), height - 1),
  n.rows[1] = std::min(n.rows[0] + 1, height - 1);
  n.columns[0] = std::min(static_cast<std::int64_t>(column), width - 1);
  n.columns[1] = std::min(n.columns[0] + 1, width - 1);
  const double down = n.rows[0] >= height - 1 ? 0 : row - static_cast<double>(n.rows[0]),
               right = n.columns[0] >= width - 1 ? 0 : column - static_cast<double>(n.columns[0]);
  for (int r = 0; r < 2; ++r)
    for (int c = 0; c < 2; ++c) n.weights[r][c] = (r == 0 ? 1 - down : down) * (c == 0 ? 1 - right : right);
  return n;
}

/// A coordinate that ran over an edge, mirrored into [lo, hi].
double reflected(double x, double lo, double hi) {
  const double range = hi - lo;
  if (range == 0) return lo;
  double off = std::fmod(std::abs(x - lo), 2 * range);
  if (off > range) off = 2 * range - off;
  return lo + off;
}

struct GridRule {
  std::string mode, padding;
  bool corners;
  /// From [-1, 1] to pixels.
  double pixel(double x, std::int64_t count) const {
    const auto n = static_cast<double>(count);
    return corners ? (x + 1) / 2 * (n - 1) : ((x + 1) * n - 1) / 2;
  }
  double padded(double x, std::int64_t count) const {
    const auto n = static_cast<double>(count);
    if (padding == "border") return std::clamp(x, 0.0, n - 1);
    if (padding == "reflection") return corners ? reflected(x, 0, n - 1) : reflected(x, -0.5, n - 0.5);
    return x;
  }
  double read(const Plane& plane, std::int64_t row, std::int64_t column) const {
    if (padding != "zeros") {
      row = static_cast<std::int64_t>(std::clamp(padded(static_cast<double>(row), plane.height), 0.0,
                                                 static_cast<double>(plane.height - 1)));
      column = static_cast<std::int64_t>(std::clamp(padded(static_cast<double>(column), plane.width), 0.0,
                                                    static_cast<double>(plane.width - 1)));
    }
    const bool inside = row >= 0 && row < plane.height && column >= 0 && column < plane.width;
    return inside ? plane.at(row, column) : 0;
  }
};

double cubic_weight(double distance) {  // Keys' kernel, a = -0.75
  constexpr double a = -0.75;
  const double x = std::abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

double sample(const GridRule& rule, const Plane& plane, double y, double x) {
  if (rule.mode == "nearest")
    return rule.read(plane, static_cast<std::int64_t>(std::nearbyint(rule.padded(y, plane.height))),
                     static_cast<std::int64_t>(std::nearbyint(rule.padded(x, plane.width))));
  const bool cubic = rule.mode == "bicubic";
  if (!cubic) y = rule.padded(y, plane.height), x = rule.padded(x, plane.width);
  const auto row = static_cast<std::int64_t>(std::floor(y)),
             column = static_cast<std::int64_t>(std::floor(x));
  double sum = 0;
  for (std::int64_t r = cubic ? -1 : 0; r <= (cubic ? 2 : 1); ++r)
    for (std::int64_t c = cubic ? -1 : 0; c <= (cubic ? 2 : 1); ++c) {
      const double dy = y - static_cast<double>(row + r), dx = x - static_cast<double>(column + c);
      const double weight =
          cubic ? cubic_weight(dy) * cubic_weight(dx) : (1 - std::abs(dy)) * (1 - std::abs(dx));
      sum += weight * rule.read(plane, row + r, column + c);
    }
  return sum;
}

}  // namespace

void onnx_grid_sample(OnnxCall& call) {
  const ir::Shape &image = call.shape(0), &grid = call.shape(1);
  if (image.size() != 4 || grid.size() != 4 || grid[3] != 2 || grid[0] != image[0])
    call.fail(fmt::format("{} by {}", to_text(image), to_text(grid)));
  const GridRule rule{call.text("mode", "bilinear"), call.text("padding_mode", "zeros"),
                      call.integer("align_corners", 0) != 0};
  const auto x = call.data<float>(0), places = call.data<float>(1);
  const auto y = call.make_data<float>(0, {image[0], image[1], grid[1], grid[2]});
  const std::size_t pixels = size(image[2] * image[3]), points = size(grid[1] * grid[2]);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t plane = i / points, place = plane / size(image[1]) * points + i % points;
    const Plane source{x.subspan(plane * pixels, pixels), image[2], image[3]};
    y[i] = static_cast<float>(sample(rule, source,
                                     rule.pixel(static_cast<double>(places[place * 2 + 1]), image[2]),
                                     rule.pixel(static_cast<double>(places[place * 2]), image[3])));
  }
}

void onnx_roi_align(OnnxCall& call) {
  const ir::Shape &image = call.shape(0), &rois = call.shape(1);
  if (image.size() != 4 || rois.size() != 2 || rois[1] != 4)
    call.fail(fmt::format("{} by {}", to_text(image), to_text(rois)));
  const std::int64_t height = call.integer("output_height", 1), width = call.integer("output_width", 1);
  const std::int64_t ratio = call.integer("sampling_ratio", 0);
  const auto scale = static_cast<double>(call.number("spatial_scale", 1));
  const bool half_pixel =
      call.text("coordinate_transformation_mode", "half_pixel") == "half_pixel" && call.opset() >= 16;
  const bool is_max = call.text("mode", "avg") == "max";
  const auto x = call.data<float>(0), boxes = call.data<float>(1);
  const auto batch = call.integers(2);
  const auto y = call.make_data<float>(0, {rois[0], image[1], height, width});
  const std::size_t pixels = size(image[2] * image[3]);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t w = i % size(width), h = i / size(width) % size(height),
                      c = i / size(width * height) % size(image[1]),
                      roi = i / size(width * height * image[1]);
    const double offset = half_pixel ? 0.5 : 0;
    const auto edge = [&](std::size_t k) { return static_cast<double>(boxes[roi * 4 + k]) * scale - offset; };
    double box_w = edge(2) - edge(0), box_h = edge(3) - edge(1);
    if (!half_pixel) box_w = std::max(box_w, 1.0), box_h = std::max(box_h, 1.0);
    const double bin_h = box_h / static_cast<double>(height), bin_w = box_w / static_cast<double>(width);
    const auto rows = ratio > 0 ? ratio : static_cast<std::int64_t>(std::ceil(bin_h)),
               columns = ratio > 0 ? ratio : static_cast<std::int64_t>(std::ceil(bin_w));
    if (batch[roi] < 0 || batch[roi] >= image[0])
      call.fail(fmt::format("image {} of {}", batch[roi], image[0]));
    const Plane plane{x.subspan((size(batch[roi] * image[1]) + c) * pixels, pixels), image[2], image[3]};
    double sum = 0, largest = -INFINITY;
    for (std::int64_t a = 0; a < rows; ++a)
      for (std::int64_t b = 0; b < columns; ++b) {
        const double at_y = edge(1) + static_cast<double>(h) * bin_h +
                            (static_cast<double>(a) + 0.5) * bin_h / static_cast<double>(rows),
                     at_x = edge(0) + static_cast<double>(w) * bin_w +
                            (static_cast<double>(b) + 0.5) * bin_w / static_cast<double>(columns);
        const auto n = neighbours(at_y, at_x, image[2], image[3]);
        for (int r = 0; n && r < 2; ++r)
          for (int k = 0; k < 2; ++k) {
            const double part = n->weights[r][k] * plane.at(n->rows[r], n->columns[k]);
            sum += part, largest = std::max(largest, part);
          }
      }
    const auto count = static_cast<double>(std::max<std::int64_t>(1, rows * columns));
    y[i] = static_cast<float>(is_max ? largest : sum / count);
  }
}

}  // namespace nnp::reference::naive
