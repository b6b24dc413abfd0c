// SPDX-License-Identifier: Apache-2.0
#include "compiler/cost/layer_cost.h"

#include <utility>

#include "compiler/cost/layer_walk.h"
#include "isa/instruction/instruction.h"

namespace nnp::compiler {

namespace {

constexpr double kFew = 20;  // refreshes, of which it matters how many fall into the run

ChipRates without_refresh(ChipRates rates) {
  rates.bytes_per_cycle = rates.peak;
  return rates;
}

/// Of a product on the array, from its start to that of the next one: streams follow each other without a gap
/// where the array loads meanwhile.
double least_apart(const ProductTimes& t, const models::ChipSpec& chip, const ChipRates& rates) {
  if (!chip.array.overlap && !chip.array.ideal_fill) return t.passes * t.pass;
  return (t.passes - 1) * t.pass + std::max(t.stream, rates.load);
}

/// Each unit's work, summed over the kinds of products; and which has most. `cycles`: what the busiest needs.
void add_units(LayerCost& cost, const LayerWork& work, const UnitTimes& times, const models::ChipSpec& chip,
               const ChipRates& rates, bool stores) {
  double instructions = 0, array = 0;
  for (const BandWork& band : work.bands) {
    const std::int64_t full = band.positions / band.tile, rest = band.positions % band.tile;
    for (const auto& [m, tiles] : {std::pair{band.tile, full}, {rest, std::int64_t{rest > 0}}}) {
      if (tiles == 0) continue;
      for (const SliceWork& slice : work.slices) {
        const auto steps = static_cast<double>(work.images * band.count * slice.count * tiles);
        for (const ColumnRun& run : slice.runs) {
          const ProductTimes t = times.product(run, m);
          const double products = steps * static_cast<double>(run.count);
          cost.matrix += products * t.passes * t.pass, array += products * least_apart(t, chip, rates);
          cost.weights += products * t.tiles * t.tile_apart;
          cost.drain += products * t.drain;
          instructions += 3 * products;
        }
        if (stores) cost.stores += steps * times.store(work, slice, m), instructions += steps;
      }
    }
  }
  cost.loads = static_cast<double>(work.read_bytes - work.weight_bytes) / times.load_rate();
  cost.front_end = instructions * rates.instruction;
  cost.memory = times.service(static_cast<double>(cost.read_bytes + cost.write_bytes) +
                              (rates.fetches_from_memory ? instructions * isa::kInstructionBytes : 0));
  double most = -1;
  for (const auto& [name, cycles] : {std::pair{"matrix", cost.matrix},
                                     {"weights", cost.weights},
                                     {"loads", cost.loads},
                                     {"stores", cost.stores},
                                     {"drain", cost.drain},
                                     {"memory", cost.memory},
                                     {"front_end", cost.front_end}})
    if (cycles > most) most = cycles, cost.bound = name;
  cost.cycles =
      rates.doorbell + rates.fetch + rates.interrupt +
      std::max({array, cost.weights, cost.loads, cost.stores, cost.drain,
                times.service(static_cast<double>(cost.read_bytes + cost.write_bytes)), cost.front_end});
}

LayerCost cost_of(const LayerWork& work) {
  LayerCost cost;
  cost.read_bytes = work.read_bytes, cost.write_bytes = work.write_bytes;
  return cost;
}

}  // namespace

LayerCosts::LayerCosts(const models::ChipSpec& chip)
    : chip_(chip), rates_(chip_rates(chip)), without_refresh_(without_refresh(rates_)) {}

LayerCost LayerCosts::least(const MacProblem& problem, const MacTiling& tiling, ir::DType activations) const {
  const LayerWork work = layer_work(problem, tiling, chip_.arch);
  const auto units = [&](const ChipRates& rates) {
    LayerCost cost = cost_of(work);
    add_units(cost, work, UnitTimes(problem, activations, chip_, rates), chip_, rates, !problem.out_resident);
    return cost;
  };
  LayerCost cost = units(rates_);
  if (cost.cycles < kFew * rates_.refresh_every) cost.cycles = units(without_refresh_).cycles;
  return cost;
}

LayerCost LayerCosts::operator()(const MacProblem& problem, const MacTiling& tiling,
                                 ir::DType activations) const {
  const LayerWork work = layer_work(problem, tiling, chip_.arch);
  LayerCost cost = cost_of(work);
  add_units(cost, work, UnitTimes(problem, activations, chip_, rates_), chip_, rates_, !problem.out_resident);
  const auto walk = [&](const ChipRates& rates) {
    const UnitTimes times(problem, activations, chip_, rates);
    LayerWalk layer(problem, tiling, chip_, rates, work, times);
    cost.cycles = layer.cycles(), cost.fill = layer.fill();
  };
  walk(rates_);
  if (cost.cycles < kFew * rates_.refresh_every) walk(rates_.within(cost.cycles));
  return cost;
}

LayerCost layer_cost(const MacProblem& problem, const MacTiling& tiling, ir::DType activations,
                     const models::ChipSpec& chip) {
  return LayerCosts(chip)(problem, tiling, activations);
}

}  // namespace nnp::compiler
