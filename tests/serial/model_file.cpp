#include <ansatz/serial/model_file.hpp>

#include <catch2/catch.hpp>
#include <dsl/exceptions.hpp>

#include <array>

#include <ansatz/serial/upgrade.hpp>

#include "data/temporary_file.hpp"
#include "serial/bytes.hpp"
#include "serial/sample_model.hpp"

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

ModelFile through_file(const ModelFile& model) {
  TemporaryFolder folder;
  write_model_file(folder.path() + "/m.pkl", model);
  return read_model_file(folder.path() + "/m.pkl");
}

/// The message of a model file in which something was changed.
template <class Change>
std::string error_after(Change&& change) {
  TensorFile file = tensors_of(sample_model());
  change(file);
  return message_of<FileError>([&] { model_of(std::move(file), "m.pkl"); });
}

std::string error_with(const std::string& key, const std::string& text) {
  return error_after([&](TensorFile& file) { file.metadata[key] = text; });
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != text.npos);
  return text.replace(at, what.size(), with);
}

std::string error_replacing(const std::string& key, std::string_view what, std::string_view with) {
  return error_after(
      [&](TensorFile& file) { file.metadata[key] = replaced(file.metadata.at(key), what, with); });
}

/// The differences after a change of the second model.
template <class Change>
std::vector<std::string> differences(Change&& change) {
  ModelFile model = sample_model();
  change(model);
  return compare(sample_model(), model);
}

}  // namespace

TEST_CASE("model_file: everything comes back, to the bit", "[serial]") {
  const ModelFile model = sample_model(), again = through_file(model);
  REQUIRE(compare(model, again).empty());
  REQUIRE(again.parameters[0].name == "y_W");
  REQUIRE(again.parameters == model.parameters);
  REQUIRE(again.state == model.state);
  REQUIRE(std::holds_alternative<double>(again.values.at("algorithm.whole")));
  REQUIRE(std::signbit(state_value<std::vector<double>>(again.values, "termination.window")[2]));
  REQUIRE(again.random == model.random);
  REQUIRE(again.wall_clock == model.wall_clock);
  REQUIRE(again.monitors[0].time_record == std::vector<double>{0, 1.5, 2.75});
  REQUIRE(again.monitors[0].at("total_seconds_last_epoch").val_record[1] == 1.25);
  REQUIRE(again.monitors[0].at("late").first == 2);
  REQUIRE(std::isnan(again.monitors[0].at("objective").val_record[0]));
}

TEST_CASE("model_file: an empty model is a model", "[serial]") {
  const ModelFile again = through_file({});
  REQUIRE(again.library_version == "0.1.0");
  REQUIRE(again.monitors.empty());
}

TEST_CASE("model_file: equal models give equal files", "[serial]") {
  REQUIRE(tensors_of(sample_model()) == tensors_of(through_file(sample_model())));
}

TEST_CASE("model_file: a random generator goes on where it was", "[serial]") {
  RandomState rng(7), again(1);
  rng.randn();
  ModelFile model;
  model.random["rng"] = rng.state();
  again.set_state(through_file(model).random.at("rng"));
  REQUIRE(again.randn() == rng.randn());
  REQUIRE(again.word() == rng.word());
}

TEST_CASE("model_file: thousands of records of 150 channels take their own bytes", "[serial]") {
  MonitorRecords m;
  std::vector<int> which;
  std::vector<double> values;
  for (int i = 0; i < 150; ++i) {
    which.push_back(m.add_channel("channel_" + std::to_string(i)));
    values.push_back(i / 7.);
  }
  for (int i = 0; i < 2000; ++i) m.record(i, which, values);
  ModelFile model;
  model.library_version = "0.1.0";
  model.monitors.push_back(m);
  TemporaryFolder folder;
  const std::string path = folder.path() + "/m.pkl";
  write_model_file(path, model);
  REQUIRE(std::filesystem::file_size(path) < 150 * 2000 * 8 + 4 * 2000 * 8 + 40'000);
  REQUIRE(compare(model, read_model_file(path)).empty());
}

TEST_CASE("model_file: files of format 1 stay readable", "[serial]") {
  const std::string path = ANSATZ_TESTS_FOLDER "/serial/format-1.ansatz";
  ModelFile model = read_model_file(path);
  REQUIRE(compare(model, sample_model()).empty());
  REQUIRE(model.wall_clock == sample_model().wall_clock);
}

TEST_CASE("model_file: a file of a newer format, or of none, is refused", "[serial]") {
  REQUIRE_THAT(error_with("ansatz.format", "2"),
               Contains("m.pkl: format 2 of the model file, written by Ansatz '0.1.0'; this is "
                        "Ansatz 0.1.0, which reads up to format 1: install a newer one"));
  REQUIRE_THAT(error_with("ansatz.format", "1.5"), Contains("is '1.5', where a number from 1 on"));
  REQUIRE_THAT(error_with("ansatz.format", "0"), Contains("is '0', where a number"));
  REQUIRE_THAT(error_after([](TensorFile& file) { file.metadata.clear(); }),
               Contains("not a model file of Ansatz, but another program's"));
}

TEST_CASE("model_file: formats are brought up to date step by step", "[serial]") {
  constexpr std::array<Upgrade, 2> steps{[](TensorFile& file) { file.metadata["a"] += "1"; },
                                         [](TensorFile& file) { file.metadata["a"] += "2"; }};
  const auto after = [&](const std::string& format) {
    TensorFile file;
    file.metadata = {{"ansatz.format", format}, {"a", ""}};
    upgrade(file, steps, "m.pkl");
    REQUIRE(file.metadata["ansatz.format"] == "3");
    return file.metadata["a"];
  };
  REQUIRE(after("1") == "12");
  REQUIRE(after("2") == "2");
  REQUIRE(after("3").empty());
  REQUIRE_THAT(message_of<FileError>([&] { after("4"); }), Contains("reads up to format 3"));
}

TEST_CASE("model_file: content that does not fit together is named", "[serial]") {
  using Catch::Equals;
  REQUIRE_THAT(error_after([](TensorFile& file) { file.metadata.erase("ansatz.job"); }),
               Equals("m.pkl: the metadata 'ansatz.job' is missing"));
  REQUIRE_THAT(error_with("ansatz.floatX", "float16"), Contains("floatX is 'float16'; allowed"));
  REQUIRE_THAT(error_with("ansatz.values", "{"),
               Contains("'ansatz.values' is not what it should be: it is not JSON at byte 2"));
  REQUIRE_THAT(error_with("ansatz.values", "[1]"), Contains("array stands where an object"));
  REQUIRE_THAT(error_with("ansatz.values", "{\"a\":null}"), Contains("null stands where a value"));
  REQUIRE_THAT(error_with("ansatz.values", "{\"a\":1e999}"), Contains("beyond all doubles"));
  REQUIRE_THAT(error_with("ansatz.values", R"({"a":{"int64":[1.5]}})"),
               Contains("number stands where an integer belongs"));
  REQUIRE_THAT(error_with("ansatz.values", "{\"a\":9223372036854775808}"),
               Contains("more than 63 bits"));
  REQUIRE_THAT(error_with("ansatz.values", std::string(1000, '[')), Contains("nested too deeply"));
  REQUIRE_THAT(error_with("ansatz.tags", "{\"a\":[]}"), Contains("array stands where a value"));
  REQUIRE_THAT(error_with("ansatz.environment", "{\"threads\":2}"),
               Contains("number stands where a text belongs"));
  REQUIRE_THAT(error_replacing("ansatz.random", "\"position\":624", "\"position\":625"),
               Contains("'model.rng' is at position 625, where 0 to 624"));
  REQUIRE_THAT(error_replacing("ansatz.random", "has_gauss", "had_gauss"),
               Contains("'has_gauss' is missing"));
  REQUIRE_THAT(
      error_replacing("ansatz.random", "\"cached_gaussian\":0.0", "\"cached_gaussian\":\"inf\""),
      Contains("'model.rng' keeps a number that is not finite"));
  REQUIRE_THAT(error_with("ansatz.random", "{}"),
               Contains("tensor 'random/dataset' belongs to nothing"));
  REQUIRE_THAT(
      error_replacing("ansatz.monitors", "\"name\":\"pretraining\"", "\"name\":\"monitor\""),
      Contains("two monitors are named 'monitor'"));
  REQUIRE_THAT(error_replacing("ansatz.monitors", "\"name\":\"late\"", "\"name\":\"objective\""),
               Contains("two channels are named 'objective'"));
  REQUIRE_THAT(error_replacing("ansatz.monitors", "\"first\":2", "\"first\":3"),
               Contains("channel 'late' has 1 records from index 3 on, of 3"));
  REQUIRE_THAT(error_replacing("ansatz.monitors", "\"wall_clock\":true", "\"wall_clock\":false"),
               Contains("tensor 'monitor/monitor/values' is F64 of shape [3, 3], where F64 of "
                        "shape [4, 3] belongs"));
  const auto without = [](std::string_view name) {
    return error_after([&](TensorFile& file) {
      std::erase_if(file.tensors, [&](const NamedTensor& t) { return t.name == name; });
    });
  };
  REQUIRE_THAT(without("monitor/monitor/epochs"), Contains("'monitor/monitor/epochs' is missing"));
  REQUIRE_THAT(without("random/dataset"), Contains("tensor 'random/dataset' is missing"));
}

TEST_CASE("model_file: what cannot be saved leaves the old file", "[serial]") {
  TemporaryFolder folder;
  const std::string path = folder.write("m.pkl", "old");
  const auto error = [&](auto change) {
    ModelFile model = sample_model();
    change(model);
    const std::string message = message_of<Error>([&] { write_model_file(path, model); });
    REQUIRE(bytes_of(path) == "old");
    return message;
  };
  REQUIRE_THAT(error([](ModelFile& m) { m.parameters[0].name = "state/W"; }),
               Contains("parameter 'state/W' cannot be saved under this name"));
  REQUIRE_THAT(error([](ModelFile& m) { m.state[1].name = m.state[0].name; }),
               Contains("two tensors are named 'state/velocity_y_W'"));
  REQUIRE_THAT(error([](ModelFile& m) { m.monitors[1].name = "monitor"; }),
               Contains("two tensors are named 'monitor/monitor/values'"));
  REQUIRE_THAT(error([](ModelFile& m) { m.monitors[0].time_record.pop_back(); }),
               Contains("monitor 'monitor': counters and times"));
  REQUIRE_THAT(error([](ModelFile& m) { m.monitors[0].channels[0].val_record.push_back(1); }),
               Contains("channel 'objective' has 4 records from the one of index 0 on, of 3"));
  REQUIRE_THAT(error([](ModelFile& m) { m.values["a"] = std::string("caf\xe9"); }),
               Contains("the saved values hold text that is not UTF-8"));
  REQUIRE_THAT(error([](ModelFile& m) { m.job_yaml = "caf\xe9"; }),
               Contains("'ansatz.job' is not UTF-8 at byte 3"));
}

TEST_CASE("model_file: every difference but of time is listed", "[serial]") {
  const auto only = [](const std::vector<std::string>& lines) {
    REQUIRE(lines.size() == 1);
    return lines[0];
  };
  REQUIRE(compare(sample_model(), sample_model()).empty());
  REQUIRE(differences([](ModelFile& m) {
            m.wall_clock.clear();
            m.monitors[0].time_record[1] = 7;
            m.monitors[0].channels[2].val_record[1] = 7;
          }).empty());
  REQUIRE(only(differences([](ModelFile& m) { m.parameters[0].bytes[20] ^= 1; })) ==
          "parameter 'y_W': 1 of 6 elements differ, the first, [1, 2], is 6 / 6.0000005");
  REQUIRE(only(differences([](ModelFile& m) {
            m.parameters[0].shape = {3, 2};
          })) == "parameter 'y_W': F32 of shape [2, 3] / F32 of shape [3, 2]");
  REQUIRE(only(differences([](ModelFile& m) { m.parameters.pop_back(); })) ==
          "parameter 'y_b' is only in the first");
  REQUIRE(only(differences([](ModelFile& m) { m.state.push_back(m.parameters[0]); })) ==
          "state 'y_W' is only in the second");
  REQUIRE(only(differences([](ModelFile& m) { std::swap(m.parameters[0], m.parameters[1]); })) ==
          "parameters: the one of index 0 is 'y_W' / 'y_b'");
  REQUIRE(only(differences([](ModelFile& m) { m.values["algorithm.epochs"] = -3.0; })) ==
          "value 'algorithm.epochs': -3 / -3.0");
  REQUIRE(only(differences([](ModelFile& m) { m.values["termination.none"] = 0.0; })) ==
          "value 'termination.none': [] / 0.0");
  REQUIRE(only(differences([](ModelFile& m) { m.tags.clear(); })) ==
          "tag 'MonitorBasedSaveBest.best_cost' is only in the first");
  REQUIRE(only(differences([](ModelFile& m) { m.random.at("dataset").key[5] ^= 1; })) ==
          "random generator 'dataset': position 4 / 4, other words");
  REQUIRE(only(differences([](ModelFile& m) {
            m.job_yaml = "!obj:pylearn2.train.Train {\n}\n";
          })) == "job: line 2 is '  save_path: 'é.pkl'' / '}'");
  REQUIRE(only(differences([](ModelFile& m) { m.environment["threads"] = "1"; })) ==
          "environment 'threads': line 1 is '2' / '1'");
  REQUIRE(only(differences([](ModelFile& m) { m.monitors[0].channels[0].val_record[1] = 0.2; })) ==
          "monitor 'monitor', channel 'objective': record 1 is 0.1 / 0.2");
  REQUIRE(only(differences([](ModelFile& m) {
            std::swap(m.monitors[0].channels[0], m.monitors[0].channels[1]);
          })) ==
          "monitor 'monitor', channels: the one of index 0 is 'objective' / "
          "'valid_y_misclass'");
  REQUIRE(only(differences([](ModelFile& m) { m.monitors[0].epochs_seen = 3; })) ==
          "monitor 'monitor': epochs seen 2 / 3");
  REQUIRE(only(differences([](ModelFile& m) { m.monitors[0].batch_record[1] = 11; })) ==
          "monitor 'monitor': other moments of monitoring");
  REQUIRE(only(differences([](ModelFile& m) { m.monitors.pop_back(); })) ==
          "monitor 'pretraining' is only in the first");
}
