// What a run writes is settled before it trains.
#include <ansatz/files/tensor_file.hpp>
#include <ansatz/serial/records_csv.hpp>
#include <ansatz/session/outputs.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/held_folder.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <new>

namespace ansatz {

using serial::file_named;

std::vector<OutputFile> outputs_of(const Train& job) {
  std::vector<OutputFile> list;
  if (!job.save_path.empty()) list.push_back({nullptr, "save_path", job.save_path.c_str()});
  for (const Shared<Extension>& each : job.extensions)
    if (each) each->outputs(list);
  return list;
}

Overwrite OutputFiles::overwrite() const {
  const bool refuse = !job_.allow_overwrite && !written_;
  return refuse ? Overwrite::refuse : Overwrite::replace;
}

void look_at(const OutputFile& out, Overwrite overwrite, std::int64_t bytes) {
  if (out.kind == OutputKind::model) {
    AtomicFile::look(out.path, overwrite, Replaces::models, bytes);
    return;
  }
  std::error_code none;
  const std::filesystem::path path = out.path;
  if (out.kind == OutputKind::folder) {
    if (std::filesystem::exists(path, none) && !std::filesystem::is_directory(path, none))
      throw FileError(
          fmt::format("cannot write into '{}': it is there, and is no folder", out.path));
    return;
  }
  AtomicFile::look(out.path, Overwrite::replace, Replaces::no_models, 0);
  if (!may_hold_records(out.path))
    throw FileError(
        fmt::format("cannot write '{}': it is there and no table of records; it is not written "
                    "over",
                    out.path));
}

void OutputFiles::look() const {
  std::map<std::string, OutputFile> taken;
  std::vector<std::string> inputs;
  if (!job_.init_from.empty() && job_.save_freq > 0) inputs.emplace_back(job_.init_from.view());
  if (job_.dataset) job_.dataset->files(inputs);
  for (const OutputFile& out : outputs_of(job_)) {
    const std::string file = file_named(out.path);
    const auto [at, first] = taken.emplace(file, out);
    if (const OutputFile& other = at->second; !first && exclude_each_other(out.kind, other.kind))
      throw FileError(fmt::format(
          "cannot write '{}': the job {} to that file, as '{}'; give each its own", out.path,
          other.kind == OutputKind::model ? "saves another model" : "writes something else",
          other.path));
    for (const std::string& input : inputs)
      if (file_named(input) == file)
        throw FileError(
            fmt::format("cannot write '{}': the job reads it; save to another file", out.path));
    look_at(out, out.by ? Overwrite::replace : overwrite(), 0);
  }
}

void OutputFiles::rehearse(const std::function<ModelFile()>& model_file) const {
  std::vector<OutputFile> list = outputs_of(job_);
  std::erase_if(list, [](const OutputFile& each) { return each.kind != OutputKind::model; });
  if (list.empty()) return;
  const std::int64_t bytes = tensor_file_size(tensors_of(model_file()));
  for (const OutputFile& out : list)
    AtomicFile::rehearse(out.path, out.by ? Overwrite::replace : overwrite(), Replaces::models,
                         bytes);
}

void OutputFiles::write(const std::string& path, const std::function<ModelFile()>& model_file) {
  const bool own = path == job_.save_path.view();
  try {
    write(path, own ? overwrite() : Overwrite::replace, model_file());
  } catch (const std::bad_alloc&) {
    throw MemoryError(
        fmt::format("cannot write '{}': the memory does not suffice for a copy of the model "
                    "and its state; the old file, if there is one, is untouched",
                    path));
  }
  if (own) written_ = true;
}

void OutputFiles::write(const std::string& path, Overwrite how, const ModelFile& file) const {
  try {
    // A job that saves nothing may begin with the file that it would save to; only an interrupt
    // makes it save.
    if (!job_.init_from.empty() && file_named(path) == file_named(job_.init_from.c_str()))
      throw FileError(fmt::format("cannot write '{}': the job has begun with it", path));
    write_model_file(path, file, how);
  } catch (const FileError& error) {
    // What was learned is worth more than the place it was to stand at.
    const std::string saved = save_elsewhere(path, file);
    if (saved.empty()) throw;
    throw FileError(fmt::format("{}; the model is saved as '{}'", error.what(), saved));
  }
}

std::string OutputFiles::save_elsewhere(const std::string& path, const ModelFile& file) const {
  const std::size_t end_of_folder = path.rfind('/') + 1;
  constexpr std::size_t room = 230;  // of the 255 bytes that a name may have
  const std::string name = fmt::format("{}.saved-{}", path.substr(end_of_folder, room), ::getpid());
  std::vector<std::string> folders{path.substr(0, end_of_folder), "./"};
  for (const char* variable : {"HOME", "TMPDIR"})
    if (const char* folder = std::getenv(variable); folder && *folder)
      folders.push_back(folder + std::string("/"));
  folders.emplace_back("/tmp/");
  for (const std::string& folder : folders) {
    try {
      write_model_file(folder + name, file, Overwrite::refuse);
      return folder + name;
    } catch (const Error&) {
      continue;  // the first failure is the one to tell
    }
  }
  return "";
}

}  // namespace ansatz
