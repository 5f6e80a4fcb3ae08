// What tests, most of which are not optimised, and the library, which is, both have of the standard
// library's templates. The linker keeps one copy of each function, the first that it sees: without
// this one, optimised and seen first, the library's texts and lists would be as slow in the tests
// as theirs.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

template class std::basic_string<char>;
template class std::map<std::string, std::string>;
template class std::vector<char>;
template class std::vector<double>;
template class std::vector<float>;
template class std::vector<int>;
template class std::vector<std::int64_t>;
template class std::vector<std::size_t>;
template class std::vector<std::string>;
