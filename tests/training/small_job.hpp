// Small jobs whose every number can be worked out by hand.
#pragma once

#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/job/parameter_list.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <string>
#include <vector>

namespace ansatz::testing {

/// A data set of `rows` examples: "features" [1] is the number of the row, "targets" its last bit.
struct Rows : Dataset {
  int rows = 10;
  constexpr Rows() = default;
  constexpr explicit Rows(int n) : rows(n) {}
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(1);
    if (source == "targets") return index_space(2);
    return {};
  }
  std::shared_ptr<const Table> load() const override {
    std::vector<double> x;
    std::vector<std::int32_t> y;
    for (int i = 0; i < rows; ++i) x.push_back(i), y.push_back(i % 2);
    Dims one;
    one.push_back(1);
    std::vector<Column> columns{number_column("features", x, one), label_column("targets", y, 2)};
    return std::make_shared<const Table>(std::move(columns));
  }
};

/// A model without an output: parameters p0, p1, … of any shapes, all ones at first, with factors
/// of the learning rate (0: none).
struct Ones : Model {
  struct Part {
    ir::Shape shape;
    double scale = 0;
  };
  ir::List<Part> parts;
  constexpr Ones() { parts.push_back({ir::make_shape(1)}); }
  constexpr Ones(std::initializer_list<Part> several) {
    for (const Part& each : several) parts.push_back(each);
  }
  constexpr SpaceInfo input_space() const override { return vector_space(1); }
  constexpr Signal output(const Signal& input) const override {
    return Signal(vector_space(1), input.value());
  }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    for (int i = 0; i < parts.size(); ++i) {
      const String name = "p" + to_text(i);
      ModelParameter p{name, parameter_leaf(name, parts[i].shape)};
      if (parts[i].scale != 0) p.lr_scale = parts[i].scale, p.scaled = true;
      list.push_back(p);
    }
  }
  using Model::parameters;
  void initialize(InitialValues& values) const override {
    for (int i = 0; i < parts.size(); ++i) values.fill(("p" + to_text(i)).view(), 1);
  }
};

/// The sum of all parameters: every gradient is 1.
struct SumCost : Cost {
  constexpr bool supervised() const override { return false; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data&) const override {
    AnyExpr total(ir::Value(0.));
    for (const ModelParameter& p : model.parameters()) total = total + sum(p.value);
    return total;
  }
};

/// Half the sum of all squares: every gradient is the parameter itself.
struct SquareCost : Cost {
  constexpr bool supervised() const override { return false; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data&) const override {
    AnyExpr total(ir::Value(0.));
    for (const ModelParameter& p : model.parameters()) total = total + sum(square(p.value)) / 2;
    return total;
  }
};

/// A channel with the values given, one a record; the last is repeated.
struct Scripted : Extension {
  String name;
  ir::List<double> values;
  Scripted(const char* channel, std::initializer_list<double> several) : name(channel) {
    for (double v : several) values.push_back(v);
  }
  std::unique_ptr<ExtensionRun> start(Session&) const override {
    struct Run : ExtensionRun {
      const Scripted& script;
      int next = 0;
      explicit Run(const Scripted& s) : script(s) {}
      void setup(Session& session) override {
        session.monitor().add_channel(script.name.c_str(), [this] {
          const int last = script.values.size() - 1;
          const int at = next < last ? next : last;
          ++next;
          return script.values[at];
        });
      }
    };
    return std::make_unique<Run>(*this);
  }
};

/// A job at work, its programs built at run time.
class SmallRun {
 public:
  explicit SmallRun(const Train& train, ElementType type = ElementType::float64,
                    const RunOptions& options = {})
      : job(train), session(job, build_programs(job, type), options) {}
  SmallRun& run() {
    session.run();
    return *this;
  }
  std::vector<double> record(std::string_view channel) const {
    return session.records().at(channel).val_record;
  }
  double value(std::string_view parameter, int index = 0) {
    if (session.precision() == ElementType::float64)
      return session.store().data<double>(parameter)[index];
    return static_cast<double>(session.store().data<float>(parameter)[index]);
  }
  std::int64_t epochs() const { return session.records().epochs_seen; }

  Train job;
  Session session;
};

/// What running the job throws; "" if it ends as it should.
inline std::string error_of(const Train& job) {
  try {
    SmallRun(job).run();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace ansatz::testing
