// SPDX-License-Identifier: Apache-2.0
// A weight-stationary systolic array: weights stay, activations move right, sums move down. The same PE, register
// by register, as sim/units/matrix/registers/stationary_mesh.h; see there for what the delay registers are for.
//
// All inputs are skewed: row r is r cycles and column c is c cycles behind the corner.
module ws_array #(
    parameter int ROWS  = 4,
    parameter int COLS  = 4,
    parameter int LANES = 1   // rows of weights that come in a cycle, 1 to ROWS
) (
    input  logic               clk,
    input  logic               rst,                     // synchronous
    input  logic               left_valid [ROWS],
    input  logic               left_high  [ROWS],       // upper half of a 16-bit activation: counts 256 times
    input  logic signed [ 8:0] left_value [ROWS],       // -128 to 255
    input  logic               shift      [COLS],       // weights move one step
    input  logic               first      [COLS],       // shadow weights become active
    input  logic signed [ 7:0] load       [LANES*COLS],  // [lane][col]
    output logic               sum_valid  [COLS],
    output logic signed [31:0] sum_value  [COLS]
);

  logic               pe_valid  [ROWS][COLS] /* verilator public_flat_rd */;
  logic               pe_high   [ROWS][COLS] /* verilator public_flat_rd */;
  logic signed [ 8:0] pe_moving [ROWS][COLS] /* verilator public_flat_rd */;
  logic               pe_shift  [ROWS][COLS] /* verilator public_flat_rd */;
  logic               pe_first  [ROWS][COLS] /* verilator public_flat_rd */;
  logic signed [ 7:0] pe_active [ROWS][COLS] /* verilator public_flat_rd */;
  logic signed [ 7:0] pe_shadow [ROWS][COLS] /* verilator public_flat_rd */;
  logic signed [31:0] pe_sum    [ROWS][COLS] /* verilator public_flat_rd */;
  logic               pe_sum_ok [ROWS][COLS] /* verilator public_flat_rd */;
  logic signed [ 7:0] pe_delay  [ROWS][COLS][LANES] /* verilator public_flat_rd */;

  for (genvar r = 0; r < ROWS; r++) begin : row
    for (genvar c = 0; c < COLS; c++) begin : col
      // What comes in: from the neighbours, or from the edge.
      logic               valid_in, high_in, shift_in, first_in;
      logic signed [ 8:0] moving_in;
      logic signed [ 7:0] load_in;
      logic signed [31:0] sum_in;

      if (c == 0) begin : from_left_edge
        assign valid_in  = left_valid[r];
        assign high_in   = left_high[r];
        assign moving_in = left_value[r];
      end else begin : from_left
        assign valid_in  = pe_valid[r][c-1];
        assign high_in   = pe_high[r][c-1];
        assign moving_in = pe_moving[r][c-1];
      end

      if (r == 0) begin : from_upper_edge
        assign shift_in = shift[c];
        assign first_in = first[c];
        assign sum_in   = '0;
      end else begin : from_above
        assign shift_in = pe_shift[r-1][c];
        assign first_in = pe_first[r-1][c];
        assign sum_in   = pe_sum[r-1][c];
      end

      if (r < LANES) begin : from_load_port
        assign load_in = load[r*COLS+c];
      end else begin : from_rows_above
        assign load_in = pe_delay[r-LANES][c][LANES-1];
      end

      logic signed [ 7:0] weight;
      logic signed [31:0] product;
      assign weight  = first_in ? pe_shadow[r][c] : pe_active[r][c];
      assign product = (32'(moving_in) * 32'(weight)) <<< (high_in ? 8 : 0);

      always_ff @(posedge clk) begin
        pe_valid[r][c]  <= valid_in & ~rst;
        pe_high[r][c]   <= high_in & ~rst;
        pe_moving[r][c] <= rst ? '0 : moving_in;
        pe_shift[r][c]  <= shift_in & ~rst;
        pe_first[r][c]  <= first_in & ~rst;
        pe_active[r][c] <= rst ? '0 : weight;
        pe_sum[r][c]    <= rst ? '0 : sum_in + (valid_in ? product : '0);
        pe_sum_ok[r][c] <= valid_in & ~rst;
        if (rst) pe_shadow[r][c] <= '0;
        else if (shift_in) pe_shadow[r][c] <= load_in;
      end

      for (genvar stage = 0; stage < LANES; stage++) begin : delay
        if (stage == 0) begin : newest
          always_ff @(posedge clk) pe_delay[r][c][stage] <= rst ? '0 : pe_shadow[r][c];
        end else begin : older
          always_ff @(posedge clk) pe_delay[r][c][stage] <= rst ? '0 : pe_delay[r][c][stage-1];
        end
      end
    end
  end

  for (genvar c = 0; c < COLS; c++) begin : bottom
    assign sum_valid[c] = pe_sum_ok[ROWS-1][c];
    assign sum_value[c] = pe_sum[ROWS-1][c];
  end

endmodule
