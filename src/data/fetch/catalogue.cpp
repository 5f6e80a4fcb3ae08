#include <ansatz/data/fetch/catalogue.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace ansatz {

namespace {

// Sizes and hashes are those of the original files.
// clang-format off
std::vector<KnownSet> make_sets() {
  return {
    {.name = "mnist",
     .what = "handwritten digits, 10 classes, 28 x 28, 60000 + 10000",
     .licence = "none stated by the authors",
     .cite =
         "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to "
         "document recognition, Proceedings of the IEEE 86(11), 1998",
     .mirrors =
         {"https://ossci-datasets.s3.amazonaws.com/mnist/",
          "https://storage.googleapis.com/cvdf-datasets/mnist/",
          "https://raw.githubusercontent.com/fgnt/mnist/master/",
          "http://yann.lecun.com/exdb/mnist/"},
     .files = {
         {"train-images-idx3-ubyte.gz", 9912422,
          "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
          "train-images-idx3-ubyte"},
         {"train-labels-idx1-ubyte.gz", 28881,
          "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
          "train-labels-idx1-ubyte"},
         {"t10k-images-idx3-ubyte.gz", 1648877,
          "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
          "t10k-images-idx3-ubyte"},
         {"t10k-labels-idx1-ubyte.gz", 4542,
          "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
          "t10k-labels-idx1-ubyte"}}},
    {.name = "fashion-mnist",
     .what = "articles of clothing, 10 classes, 28 x 28, 60000 + 10000",
     .licence = "MIT",
     .cite = "H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST, arXiv:1708.07747, 2017",
     .mirrors =
         {"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
          "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"},
     .files = {
         {"train-images-idx3-ubyte.gz", 26421880,
          "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
          "train-images-idx3-ubyte"},
         {"train-labels-idx1-ubyte.gz", 29515,
          "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
          "train-labels-idx1-ubyte"},
         {"t10k-images-idx3-ubyte.gz", 4422102,
          "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
          "t10k-images-idx3-ubyte"},
         {"t10k-labels-idx1-ubyte.gz", 5148,
          "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
          "t10k-labels-idx1-ubyte"}}},
    {.name = "cifar10",
     .what = "colour images, 10 classes, 32 x 32, 50000 + 10000",
     .licence = "none stated; citation asked",
     .cite =
         "A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, technical "
         "report, University of Toronto, 2009",
     .mirrors =
         {"https://www.cs.toronto.edu/~kriz/"},
     .files = {
         {"cifar-10-binary.tar.gz", 170052171,
          "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
          "cifar-10-batches-bin/data_batch_1.bin"}}},
    {.name = "iris",
     .what = "flowers, 3 classes, 4 measurements, 150",
     .licence = "Creative Commons Attribution 4.0",
     .cite =
         "R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of "
         "Eugenics 7, 1936",
     .mirrors =
         {"https://archive.ics.uci.edu/ml/machine-learning-databases/iris/"},
     .files = {
         {"iris.data", 4551,
          "6f608b71a7317216319b4d27b4d9bc84e6abd734eda7872b71a458569e2656c0"}}},
    {.name = "wine",
     .what = "wines, 3 classes, 13 measurements, 178",
     .licence = "Creative Commons Attribution 4.0",
     .cite = "S. Aeberhard, M. Forina, Wine, UCI Machine Learning Repository",
     .mirrors =
         {"https://archive.ics.uci.edu/ml/machine-learning-databases/wine/"},
     .files = {
         {"wine.data", 10782,
          "6be6b1203f3d51df0b553a70e57b8a723cd405683958204f96d23d7cd6aea659"}}},
    {.name = "breast-cancer-wdbc",
     .what = "tumours, 2 classes, 30 measurements, 569",
     .licence = "Creative Commons Attribution 4.0",
     .cite =
         "W. H. Wolberg, W. N. Street, O. L. Mangasarian, Breast Cancer Wisconsin (Diagnostic), "
         "UCI Machine Learning Repository, 1995",
     .mirrors =
         {"https://archive.ics.uci.edu/ml/machine-learning-databases/breast-cancer-wisconsin/"},
     .files = {
         {"wdbc.data", 124103,
          "d606af411f3e5be8a317a5a8b652b425aaf0ff38ca683d5327ffff94c3695f4a"}}},
    {.name = "adult",
     .what = "incomes, 2 classes, 14 columns of mixed kind, 32561 + 16281",
     .licence = "Creative Commons Attribution 4.0",
     .cite = "B. Becker, R. Kohavi, Adult, UCI Machine Learning Repository, 1996",
     .mirrors =
         {"https://archive.ics.uci.edu/ml/machine-learning-databases/adult/"},
     .files = {
         {"adult.data", 3974305,
          "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d"},
         {"adult.test", 2003153,
          "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05"}}},
    {.name = "optdigits",
     .what = "handwritten digits, 10 classes, 8 x 8, 3823 + 1797",
     .licence = "Creative Commons Attribution 4.0",
     .cite =
         "E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine "
         "Learning Repository, 1998",
     .mirrors =
         {"https://archive.ics.uci.edu/ml/machine-learning-databases/optdigits/"},
     .files = {
         {"optdigits.tra", 563639,
          "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd"},
         {"optdigits.tes", 264712,
          "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"}}},
    {.name = "semeion",
     .what = "handwritten digits, 10 classes, binary 16 x 16, 1593",
     .licence = "Creative Commons Attribution 4.0",
     .cite =
         "Semeion Research Center of Sciences of Communication, Tattile, Semeion Handwritten "
         "Digit, UCI Machine Learning Repository",
     .mirrors =
         {"https://archive.ics.uci.edu/ml/machine-learning-databases/semeion/"},
     .files = {
         {"semeion.data", 2889702,
          "f43228ae3da5ea6a3c95069d53450b86166770e3b719dcc333182128fe08d4b1",
          "semeion.data.gz"}}},
    {.name = "california-housing",
     .what = "house values, regression, 8 columns, 20640",
     .licence = "none stated; figures of the 1990 U.S. census",
     .cite =
         "R. K. Pace, R. Barry, Sparse Spatial Autoregressions, Statistics and Probability "
         "Letters 33, 1997",
     .mirrors =
         {"https://www.dcc.fc.up.pt/~ltorgo/Regression/"},
     .files = {
         {"cal_housing.tgz", 0,
          "aaa5c9a6afe2225cc2aed2723682ae403280c4a3695a2ddda4ffb5d8215ea681",
          "cal_housing.data"}}},
    {.name = "kodak",
     .what = "natural images in colour, unlabelled, 768 x 512, 24",
     .licence = "\"released ... for unrestricted usage\"",
     .cite = "Kodak Lossless True Color Image Suite (PhotoCD PCD0992), Eastman Kodak Company",
     .mirrors =
         {"http://r0k.us/graphics/kodak/kodak/"},
     .files = {
         {"kodim01.png", 736501,
          "a56e27cbf5f843c048b6af1d6e090760e9c92fadba88b7dee0205918a37523bd"},
         {"kodim02.png", 617995,
          "4f4b74a79237e311d72cad958237b5f7088d8bce1c82305ebefe1a70e3022dfd"},
         {"kodim03.png", 502888,
          "e25ca1ff2f0c0cb5fdfd5f9b0a0bb21ac4c3de3c84a67f35b09a85d3306249db"},
         {"kodim04.png", 637432,
          "e3b946107c5d3441c022f678d0c3caf1e224d81b1604ba840a4f88e562de61aa"},
         {"kodim05.png", 785610,
          "10349e963c5c813d327852f82c1795fa4148d69fedffc4c589bee458e3ac3d53"},
         {"kodim06.png", 618959,
          "363510303b715d4cbc384e1ce227e466b613a09e1b71ae985882bf8e7fbd9b18"},
         {"kodim07.png", 566322,
          "b77d3f006f42414bb242222e0482e750c0fb9e5ee8d4bed2f6f11c5605fe54a4"},
         {"kodim08.png", 788470,
          "ba23983c76b4832ee0e8af0592664756841a16779acd69f792e268fb6d13d6e7"},
         {"kodim09.png", 582899,
          "6a4361c2fc194feb4edaa9f9a4a0620fb9943e460ac7fdf037fb0f6dd6607a7d"},
         {"kodim10.png", 593463,
          "9dfb70f5867c29ff9ed6313683f19b3d867849e40fbc0c4c54a4a89df341cf23"},
         {"kodim11.png", 621023,
          "7936814b58b5387fce2e4e2488b4ec830dadd95fa9520f358ddb30990b50f2b6"},
         {"kodim12.png", 531024,
          "d78c37c2f04f23761ed2367dd77e2db584ddd4c3950833fecf89f199a8126980"},
         {"kodim13.png", 822712,
          "bc34a3ce58dea09dce1704c997171602de90cb34d0c8503a988b77f473d39b08"},
         {"kodim14.png", 692201,
          "55a94550ff18f3246c4074fd32b77b0c74447c26b6ad274d564d999c0450ba6e"},
         {"kodim15.png", 612582,
          "7538cbb80cb9103606c48b806eae57d56c885c7f90b9b3be70a41160f9cbb683"},
         {"kodim16.png", 534247,
          "a89c7268ccd4718ba424a99fc4643c572cf692ca6eae887185ceb4e9f11d2e54"},
         {"kodim17.png", 602078,
          "37afcc89fbdcb76d9518e04b2fc011027e2f4cd14b3b2f83cefd721641a47c5b"},
         {"kodim18.png", 780947,
          "1a9258c365988961d87a0598725b609139c303ad48a5aad6c503c3b1a87849aa"},
         {"kodim19.png", 671476,
          "b7450b264b1b0a411390d8931b112c27905a992520fc90569dc4b920aa32bbdc"},
         {"kodim20.png", 492462,
          "3b46c71e3b92a563820ba32936be8330c586c41f938efd94be938386aae4328a"},
         {"kodim21.png", 637051,
          "ac958597c82073f6bb65129c68f72b651db5b9efd82e11547d07350214bc268b"},
         {"kodim22.png", 701970,
          "1cee58eb1f2d9c7ebb254d208a03c783ce6cf2c4d8c2cf45e235dd23b4ce1b29"},
         {"kodim23.png", 557596,
          "e3111a2fd4da24af15d6459ef9eacfe54106b38e27b4a21821b75c3f5d2d5baf"},
         {"kodim24.png", 706397,
          "1071c68372cc5a01435c2c225a5cf7d4bb803846ec08bb6b3d6721b156d7cb96"}}}};
}
// clang-format on

}  // namespace

std::int64_t KnownSet::bytes() const {
  std::int64_t sum = 0;
  for (const KnownFile& file : files) sum += file.bytes;
  return sum;
}

const std::vector<KnownSet>& known_sets() {
  static const std::vector<KnownSet> sets = make_sets();
  return sets;
}

const KnownSet& known_set(std::string_view name) {
  std::vector<std::string_view> names;
  for (const KnownSet& set : known_sets()) {
    if (set.name == name) return set;
    names.push_back(set.name);
  }
  throw NameError(fmt::format("no data set \"{}\" is known{}", name, allowed_names(name, names)));
}

std::string where_is(const KnownSet& set, const KnownFile& file, const std::string& folder) {
  const std::filesystem::path at = std::filesystem::path(folder) / set.name;
  std::error_code error;
  for (const std::string_view name : {file.name, file.other_name})
    if (!name.empty() && std::filesystem::is_regular_file(at / name, error))
      return (at / name).string();
  return "";
}

}  // namespace ansatz
