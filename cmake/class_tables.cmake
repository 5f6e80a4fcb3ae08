# Read from the headers of classes, so that no list is kept by hand:
#
#   write_key_functions(folder file)            the functions named after keys: irange(.05)
#   write_class_tables(folder root output list) sources that make the classes known to YAML
#
# A key is a line that begins with `key("NAME"` or `key.required("NAME"`. A class is known to YAML
# if it has a line `static constexpr const char* doc`; other paths it is known under are in `also`.
# Also a script: cmake -D FOLDER=include/ansatz -D KEY_FUNCTIONS=key_functions.inc -P …
if(CMAKE_SCRIPT_MODE_FILE)
  cmake_minimum_required(VERSION 3.25)
endif()

include(${CMAKE_CURRENT_LIST_DIR}/headers_of.cmake)

function(write_key_functions folder file)
  headers_of(${folder} headers)
  set(keys "")
  foreach(header ${headers})
    file(READ ${header} text)
    string(REGEX MATCHALL "\n +k(ey)?([.]required)?[(]\"[A-Za-z0-9_]+\"" found "${text}")
    foreach(token ${found})
      string(REGEX REPLACE ".*\"(.*)\"" "\\1" key "${token}")
      list(APPEND keys ${key})
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES keys)
  # These are words of the language, or of the library; C++ sets the member.
  list(REMOVE_ITEM keys axis message mlp stride C
    add multiply columns total block kernel gamma degree k output
    base std mu noise split targets ratio rows cols mode tied components b0 B0
    like target_scale weight names header separator comment missing unknown
    normalize normalize_on_the_fly transfer labels randomize_valid randomize_test standardize
    custom_path label_type contrast_normalize npy_filename dataset_path label_format crop_shape
    rho radius pi sigma samples)
  list(SORT keys)
  list(TRANSFORM keys PREPEND "ANSATZ_KEY(")
  list(JOIN keys ")\n" keys)
  file(CONFIGURE OUTPUT ${file} CONTENT "${keys})\n" @ONLY)
endfunction()

# One source for every folder that has classes.
function(write_class_tables folder root output result)
  headers_of(${folder} headers)
  set(areas "")
  set(class_line "\n(class|struct) [A-Za-z0-9_]+")
  set(tokens "(\ntemplate <[^\n]*>)?${class_line}|\n  static constexpr const char[*] (doc|also)")
  foreach(header ${headers})
    file(READ ${header} text)
    string(REGEX MATCHALL "${tokens}" found "${text}")
    if(NOT found MATCHES "const char[*] doc")
      continue()
    endif()
    file(RELATIVE_PATH name ${root} ${header})
    get_filename_component(area ${name} DIRECTORY)
    string(MAKE_C_IDENTIFIER "${area}" area)
    list(APPEND areas ${area})
    string(APPEND ${area}_includes "#include <${name}>\n")
    foreach(token ${found})
      # Other names are those of the class added last, whichever of the two lines comes first.
      if(token MATCHES "const char[*] doc")
        string(APPEND ${area}_calls "  add_class<${class}>(registry, \"${name}\");\n${names}")
        set(names "")
        set(known TRUE)
      elseif(token MATCHES "const char[*] also" AND known)
        string(APPEND ${area}_calls "  add_names<${class}>(registry);\n")
      elseif(token MATCHES "const char[*] also")
        set(names "  add_names<${class}>(registry);\n")
      else()
        set(names "")
        set(known FALSE)
        string(REGEX REPLACE ".*(class|struct) ([A-Za-z0-9_]+)$" "\\2" class "${token}")
        if(token MATCHES "template <")
          string(APPEND class "<>")
        endif()
      endif()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES areas)
  set(sources "")
  foreach(area ${areas})
    file(CONFIGURE OUTPUT ${output}/classes_${area}.cpp @ONLY CONTENT
"#include \"registry/builtin.hpp\"\n
${${area}_includes}
namespace ansatz {\n
void add_classes_of_${area}(Registry& registry) {
  using namespace named;
${${area}_calls}}\n
}  // namespace ansatz\n")
    list(APPEND ${result} ${area})
    set(sources ${sources} ${output}/classes_${area}.cpp)
  endforeach()
  set(${result} ${${result}} PARENT_SCOPE)
  set(${result}_sources ${${result}_sources} ${sources} PARENT_SCOPE)
endfunction()

# Calls the functions of all areas.
function(write_class_list areas file)
  set(declared "")
  set(called "")
  foreach(area ${areas})
    string(APPEND declared "void add_classes_of_${area}(Registry&);\n")
    string(APPEND called "  add_classes_of_${area}(registry);\n")
  endforeach()
  file(CONFIGURE OUTPUT ${file} @ONLY CONTENT
"#include \"registry/builtin.hpp\"\n
namespace ansatz {\n
${declared}
void add_library_classes(Registry& registry) {
${called}}\n
}  // namespace ansatz\n")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE AND KEY_FUNCTIONS)
  get_filename_component(FOLDER ${FOLDER} ABSOLUTE)
  get_filename_component(KEY_FUNCTIONS ${KEY_FUNCTIONS} ABSOLUTE)
  write_key_functions(${FOLDER} ${KEY_FUNCTIONS})
endif()
