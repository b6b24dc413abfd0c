// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/lab/expression.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <vector>

#include "host_runtime/lab/scanner.h"

namespace nnp::lab {
namespace {

using Json = nlohmann::ordered_json;

Value value_of_json(const Json& json, const Scanner& scanner) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  scanner.fail("stands behind a path that does not lead to a number, a word or a flag");
}

class Evaluator {
 public:
  Evaluator(std::string_view text, const Documents& documents) : scanner_(text), documents_(documents) {}

  Value whole() {
    Value value = comparison();
    if (!scanner_.at_end()) scanner_.fail("has more than an expression");
    return value;
  }

 private:
  using Nodes = std::vector<const Json*>;

  Value comparison() {
    Value left = sum();
    for (const char* sign : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (!scanner_.take(sign)) continue;
      const Value right = sum();
      const std::string_view is = sign;
      if (is == "==") return agree(left, right, 0);
      if (is == "!=") return !agree(left, right, 0);
      const double a = number(left), b = number(right);
      return is == "<" ? a < b : is == ">" ? a > b : is == "<=" ? a <= b : a >= b;
    }
    return left;
  }

  Value sum() {
    Value value = product();
    while (true) {
      if (scanner_.take("+"))
        value = number(value) + number(product());
      else if (scanner_.take("-"))
        value = number(value) - number(product());
      else
        return value;
    }
  }

  Value product() {
    Value value = primary();
    while (true) {
      if (scanner_.take("*")) {
        value = number(value) * number(primary());
      } else if (scanner_.take("/")) {
        const double divisor = number(primary());
        if (divisor == 0) scanner_.fail("stands behind a division by zero");
        value = number(value) / divisor;
      } else {
        return value;
      }
    }
  }

  Value primary() {
    if (scanner_.take("(")) {
      Value value = comparison();
      scanner_.need(")");
      return value;
    }
    if (scanner_.take("-")) return -number(primary());
    if (scanner_.take("\"")) return scanner_.quoted();
    if (scanner_.number_next()) return scanner_.number();
    const std::string word = scanner_.word();
    if (scanner_.take("(")) return function(word);
    const Nodes nodes = path(word, /*must_lead=*/true);
    if (nodes.size() != 1) scanner_.fail(fmt::format("has a path of {} values, not of one", nodes.size()));
    return value_of_json(*nodes[0], scanner_);
  }

  Value function(const std::string& name) {
    if (name == "sum" || name == "count" || name == "min" || name == "max") {
      std::vector<double> values;
      for (const Json* node : path(scanner_.word(), /*must_lead=*/false))
        values.push_back(name == "count" ? 1 : number(value_of_json(*node, scanner_)));
      scanner_.need(")");
      if (name == "sum" || name == "count") return std::accumulate(values.begin(), values.end(), 0.0);
      if (values.empty()) scanner_.fail("asks for the least or most of nothing");
      return name == "min" ? *std::min_element(values.begin(), values.end())
                           : *std::max_element(values.begin(), values.end());
    }
    if (name == "least" || name == "most") return winner(name == "least");
    const double value = number(comparison());
    double scale = 1;
    if (name == "round" && scanner_.take(",")) scale = std::pow(10.0, scanner_.number());
    scanner_.need(")");
    if (name == "ceil") return std::ceil(value);
    if (name == "floor") return std::floor(value);
    if (name == "round") return std::round(value * scale) / scale;
    scanner_.fail(fmt::format("stands behind '{}', which is no function", name));
  }

  /// The word before the least or greatest of the values: "a", 3, "b", 2 gives "b" or "a".
  Value winner(bool least) {
    Value word;
    std::optional<double> best;
    do {
      const Value name = comparison();
      scanner_.need(",");
      const double value = number(comparison());
      if (!best || (least ? value < *best : value > *best)) best = value, word = name;
    } while (scanner_.take(","));
    scanner_.need(")");
    return word;
  }

  /// All values that the path leads to. A member that is not there is a fault, or nothing.
  Nodes path(const std::string& run, bool must_lead) {
    Nodes nodes{&documents_(run)};
    while (true) {
      if (scanner_.take("."))
        nodes = members(nodes, scanner_.word(), must_lead);
      else if (scanner_.take("["))
        nodes = elements(nodes, must_lead);
      else
        return nodes;
    }
  }

  Nodes members(const Nodes& nodes, const std::string& key, bool must_lead) const {
    Nodes next;
    for (const Json* node : nodes)
      if (node->is_object() && node->contains(key))
        next.push_back(&(*node)[key]);
      else if (must_lead)
        scanner_.fail(fmt::format("stands behind '{}', which is not there", key));
    return next;
  }

  /// What stands behind "[": a number, "*", a quoted member of an object, or NAME=VALUE.
  Nodes elements(const Nodes& nodes, bool must_lead) {
    if (scanner_.take("\"")) {
      const std::string key = scanner_.quoted();
      scanner_.need("]");
      return members(nodes, key, must_lead);
    }
    const bool all = scanner_.take("*"), by_number = !all && scanner_.number_next();
    const double index = by_number ? scanner_.number() : 0;
    std::string key;
    Value wanted;
    if (!all && !by_number) {
      key = scanner_.word();
      scanner_.need("=");
      wanted = scanner_.take("\"") ? Value(scanner_.quoted()) : Value(scanner_.number());
    }
    scanner_.need("]");
    Nodes next;
    for (const Json* node : nodes) {
      if (!node->is_structured()) scanner_.fail("stands behind an index of what is no list");
      std::size_t at = 0;
      for (const Json& element : *node) {
        const bool is = all || (by_number ? static_cast<double>(at) == index : has(element, key, wanted));
        if (is) next.push_back(&element);
        ++at;
      }
    }
    if (next.empty() && must_lead) scanner_.fail("stands behind an index that finds nothing");
    return next;
  }

  bool has(const Json& element, const std::string& key, const Value& wanted) const {
    return element.is_object() && element.contains(key) && !element[key].is_null() &&
           !element[key].is_structured() && agree(value_of_json(element[key], scanner_), wanted, 0);
  }

  double number(const Value& value) const {
    if (const auto* is = std::get_if<double>(&value)) return *is;
    scanner_.fail(fmt::format("stands behind '{}', which is no number", shown(value)));
  }

  Scanner scanner_;
  const Documents& documents_;
};

}  // namespace

Value evaluate(std::string_view expression, const Documents& documents) {
  return Evaluator(expression, documents).whole();
}

}  // namespace nnp::lab
