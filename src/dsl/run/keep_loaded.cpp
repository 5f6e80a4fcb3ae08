#include "keep_loaded.hpp"

#include <dlfcn.h>
#include <link.h>

namespace ansatz::running {
namespace {

// The object's name as the loader knows it: empty for the program itself, null for none.
const char* object_of(const void* address) {
#if defined(DLFO_STRUCT_HAS_EH_DBASE)
  // dladdr looks for a symbol as well, which takes long where a program exports many.
  dl_find_object found;
  if (_dl_find_object(const_cast<void*>(address), &found) != 0) return nullptr;
  return found.dlfo_link_map->l_name;
#else
  Dl_info info;
  link_map* map = nullptr;
  if (!dladdr1(address, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP)) return nullptr;
  return map->l_name;
#endif
}

}  // namespace

bool keep_loaded(const void* address) {
  const char* const name = object_of(address);
  if (!name || !*name) return name;
  void* const object = ::dlopen(name, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  if (object) ::dlclose(object);
  return object;
}

}  // namespace ansatz::running
