#include <ansatz/serial/environment.hpp>

#include <elf.h>
#include <fmt/format.h>
#include <link.h>
#include <omp.h>

#include <cstring>

#include <dsl/kernels/gemm.hpp>
#include <dsl/kernels/isa.hpp>

namespace ansatz {

namespace {

/// The note NT_GNU_BUILD_ID in a segment of notes, as hexadecimal digits.
std::string build_id_in(const char* at, std::size_t size) {
  const auto aligned = [](std::size_t n) { return (n + 3) & ~std::size_t{3}; };
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, at, sizeof note);
    const std::size_t name = sizeof note, id = name + aligned(note.n_namesz);
    const std::size_t end = id + aligned(note.n_descsz);
    if (end > size) break;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
        std::memcmp(at + name, "GNU", 4) == 0) {
      std::string out;
      for (std::size_t i = 0; i < note.n_descsz; ++i)
        out += fmt::format("{:02x}", static_cast<unsigned char>(at[id + i]));
      return out;
    }
    at += end;
    size -= end;
  }
  return {};
}

/// Called for the program first.
int look_at_program(dl_phdr_info* info, std::size_t, void* out) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const auto* notes = reinterpret_cast<const char*>(info->dlpi_addr + segment.p_vaddr);
    std::string id = build_id_in(notes, segment.p_memsz);
    if (!id.empty()) *static_cast<std::string*>(out) = id;
  }
  return 1;
}

std::string value_in(const std::map<std::string, std::string>& all, const std::string& key) {
  const auto at = all.find(key);
  return at == all.end() || at->second.empty() ? "not known" : at->second;
}

}  // namespace

std::map<std::string, std::string> current_environment() {
  std::string binary;
  dl_iterate_phdr(look_at_program, &binary);
  return {{"binary", binary},
          {"compiler", __VERSION__},
          {"instruction_set", ANSATZ_ISA_NAME},
          {"blas_kernels", blas_kernels()},
          {"threads", std::to_string(omp_get_max_threads())}};
}

std::vector<std::string> environment_differences(const std::map<std::string, std::string>& saved,
                                                 const std::map<std::string, std::string>& now) {
  std::map<std::string, std::string> all = saved;
  all.insert(now.begin(), now.end());
  std::vector<std::string> out;
  for (const auto& [key, value] : all) {
    const std::string before = value_in(saved, key), after = value_in(now, key);
    if (before != after)
      out.push_back(fmt::format("{}: {} in the file, {} now", key, before, after));
  }
  return out;
}

}  // namespace ansatz
