// ansatz preprocess
#include "command.hpp"
#include "json_output.hpp"

#include <ansatz/base/regular_file.hpp>
#include <ansatz/data/sets/saved_dataset.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/session/preprocessors.hpp>
#include <ansatz/yaml/read.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace ansatz::app {

namespace {

struct PreprocessArguments {
  std::string data, out, preprocessor;
  std::vector<std::string> defines, libraries;
  bool quiet = false, json = false;
};

Shared<Dataset> described(const PreprocessArguments& a, std::vector<std::string>& read) {
  LoadOptions options;
  options.defines = a.defines;
  std::string text = a.data, name = "the data set";
  if (!a.data.starts_with("!obj")) {
    name = a.data;
    read.push_back(a.data);
    // One byte more than the reader takes, which then says so.
    serial::FileBeginning file = serial::beginning_of(a.data, yaml::Limits().bytes + 1);
    if (!file.why.empty())
      throw FileError(
          fmt::format("{}: cannot be read: {}; give YAML such as \"!obj:MNIST {{which_set: "
                      "'train'}}\", or a file that holds it",
                      a.data, file.why));
    text = std::move(file.bytes);
  }
  Shared<Object> object;
  try {
    object = load_object(name, text, options, &read);
  } catch (const FileError& error) {
    throw JobError(error.what());
  }
  auto* const set = dynamic_cast<Dataset*>(object.get());
  if (!set) throw JobError(fmt::format("{} holds no data set", name));
  return Shared<Dataset>(set);
}

void tell(const PreprocessArguments& a, const BatchSource& source) {
  OrderedJson columns = OrderedJson::array();
  std::string text = fmt::format("{} examples", source.examples());
  for (const Column& each : source.columns()) {
    const std::string space(to_text(space_of(each)).view());
    columns.push_back({{"source", each.source}, {"space", space}});
    text += fmt::format(", {}: {}", each.source, space);
  }
  if (a.json)
    put_json({{"examples", source.examples()}, {"sources", std::move(columns)}});
  else if (!a.quiet)
    say(stdout, "{}\n", text);
}

int preprocess(const PreprocessArguments& a) {
  load_libraries(a.libraries);
  for (const std::string& path : {a.out, a.preprocessor})
    if (!path.empty()) AtomicFile::look(path, Overwrite::replace, Replaces::saved, 0);
  if (!a.out.empty() && a.out == a.preprocessor)
    throw ValueError("--output and --preprocessor name one file");
  Train job;
  std::vector<std::string> read;
  job.dataset = described(a, read);
  const Preprocessing* const how = job.dataset->preprocessing();
  if (!a.preprocessor.empty() && !(how && how->preprocessor))
    throw ValueError("--preprocessor: the data set has none");
  job.dataset->files(read);
  for (const std::string& path : read)
    if (file_id(path) == file_id(a.out) || file_id(path) == file_id(a.preprocessor))
      throw ValueError(
          fmt::format("{} is what the data are read from; write to another file", path));
  Preprocessors all(job);
  all.require_fitted();
  const std::shared_ptr<const BatchSource> source =
      all.apply(*job.dataset, job.dataset->open(), [](const Dataset& set) { return set.open(); });
  if (!a.preprocessor.empty()) all.save_first(a.preprocessor);
  if (!a.out.empty()) save_dataset(a.out, source);
  tell(a, *source);
  return exit_ok;
}

}  // namespace

const Command preprocess_command(
    75, "preprocess", "preprocesses a data set and saves it", [](CLI::App* c, int& exit) {
      auto a = std::make_shared<PreprocessArguments>();
      c->add_option("data", a->data, "a data set in YAML, or a file that holds one")->required();
      c->add_option("-o,--output", a->out, "file for the examples; !pkl: reads it as a data set");
      c->add_option("--preprocessor", a->preprocessor,
                    "file for what the preprocessor has learned; !pkl: reads it");
      c->add_option("-D,--define", a->defines, "name=value for %(name)s")->allow_extra_args(false);
      c->add_flag("-q,--quiet", a->quiet, "nothing but errors");
      add_json(*c, a->json);
      c->add_option("--load", a->libraries, "shared object with further classes (.so)");
      c->footer(
          "Examples:\n"
          "  ansatz preprocess \"!obj:CIFAR10 {which_set: train, preprocessor: !obj:ZCA {}, "
          "fit_preprocessor: True}\" -o train.pkl --preprocessor zca.pkl\n"
          "  ansatz preprocess \"!obj:CIFAR10 {which_set: test, preprocessor: !pkl: zca.pkl}\" "
          "-o test.pkl");
      c->callback([a, &exit] { exit = preprocess(*a); });
    });

}  // namespace ansatz::app
