// The job of the jobman tutorial in double, against the numbers of its notebook.
#include <catch2/catch.hpp>

#include "reference.hpp"

using namespace ansatz;

TEST_CASE("jobman job in double: every printed digit of the notebook", "[exactness]") {
  if (!exactness::have_mnist()) return;
  const MonitorRecords ours =
      exactness::train("jobman_mlp.yaml", {"learning_rate=0.000205", "init_momentum=0.583961"}, {},
                       ElementType::float64);
  struct Row {
    const char* channel;
    double before, after;
  };
  const Row rows[] = {
      {"objective", 2.30258509299, 2.21611916125},
      {"y_misclass", .903, .57},
      {"h0_col_norms_max", 6.23503405999, 6.23503528894},
      {"h0_col_norms_mean", 3.82355643971, 3.82355957684},
      {"h0_col_norms_min", 2.06193996111, 2.0619418242},
      {"h0_row_norms_max", 5.89326124667, 5.89326388489},
      {"h0_row_norms_mean", 2.98549156744, 2.98549391807},
      {"h0_row_norms_min", 0, 9.32520084457e-07},
      {"y_col_norms_max", 0, .0675190825355},
      {"y_col_norms_mean", 0, .0446384068231},
      {"y_col_norms_min", 0, .0272975089866},
      {"y_row_norms_max", 0, .0153922340481},
      {"y_row_norms_mean", 0, .0060778646612},
      {"y_row_norms_min", 0, .00163779261751},
  };
  for (const Row& row : rows) {
    INFO(row.channel);
    const auto& record = ours.at(row.channel).val_record;
    REQUIRE(record.size() == 2);
    CHECK(record[0] == Approx(row.before).epsilon(1e-11));
    CHECK(record[1] == Approx(row.after).epsilon(1e-11));
  }
}
