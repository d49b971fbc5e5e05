"""What the standard libraries of languages with braces call by which name, and where it is imported from.

Only names that mean one thing are in it. All were chosen by hand, from what small models use and forget to import.
"""

from __future__ import annotations

_GO_TOP = "bufio bytes context errors fmt io log maps math os regexp slices sort strconv strings sync time unicode"
GO = {
    **{name: name for name in _GO_TOP.split()},
    **{
        "filepath": "path/filepath",
        "json": "encoding/json",
        "http": "net/http",
        "rand": "math/rand",
    },
}
_JAVA_PACKAGES = {
    "java.util": (
        "ArrayDeque ArrayList Arrays Collection Collections Comparator Deque EnumMap HashMap HashSet Iterator "
        "LinkedHashMap LinkedHashSet LinkedList List Locale Map NoSuchElementException Objects Optional OptionalDouble "
        "OptionalInt PriorityQueue Queue Random Scanner Set StringJoiner TreeMap TreeSet UUID"
    ),
    "java.util.function": (
        "BiConsumer BiFunction BinaryOperator Consumer Function IntFunction Predicate Supplier UnaryOperator"
    ),
    "java.util.stream": "Collectors IntStream Stream",
    "java.util.regex": "Matcher Pattern",
    "java.util.concurrent": "CompletableFuture ConcurrentHashMap ExecutorService Executors TimeUnit",
    "java.util.concurrent.atomic": "AtomicInteger AtomicLong",
    "java.time": "DayOfWeek Duration Instant LocalDate LocalDateTime LocalTime ZonedDateTime",
    "java.time.format": "DateTimeFormatter",
    "java.time.temporal": "ChronoUnit",
    "java.math": "BigDecimal BigInteger RoundingMode",
    "java.io": "BufferedReader FileReader IOException InputStream UncheckedIOException",
    "java.nio.file": "Files Path Paths",
    "java.nio.charset": "StandardCharsets",
}
JAVA = {name: f"{package}.{name}" for package, names in _JAVA_PACKAGES.items() for name in names.split()}
_RUST_MODULES = {
    "std::collections": "BTreeMap BTreeSet BinaryHeap HashMap HashSet VecDeque",
    "std::sync": "Arc Mutex RwLock",
    "std::rc": "Rc",
    "std::cell": "RefCell",
    "std::path": "PathBuf",
    "std::time": "Duration Instant",
    "std::str": "FromStr",
}
RUST = {name: f"{module}::{name}" for module, names in _RUST_MODULES.items() for name in names.split()}
_C_HEADERS = {
    "assert.h": "assert",
    "ctype.h": "isalnum isalpha isdigit islower ispunct isspace isupper isxdigit tolower toupper",
    "errno.h": "errno",
    "limits.h": "INT_MAX INT_MIN LONG_MAX UINT_MAX",
    "math.h": "ceil cos exp fabs floor fmod log log10 pow round sin sqrt",
    "stdbool.h": "bool",
    "stdint.h": "int16_t int32_t int64_t int8_t uint16_t uint32_t uint64_t uint8_t",
    "stdio.h": (
        "FILE fclose fgets fopen fprintf fputs fread fscanf fwrite getchar perror printf putchar puts scanf "
        "snprintf sprintf sscanf"
    ),
    "stdlib.h": "abort atof atoi atol calloc exit free malloc qsort rand realloc srand strtod strtol strtoul",
    "string.h": (
        "memcmp memcpy memmove memset strcat strchr strcmp strcpy strcspn strdup strlen strncmp strncpy "
        "strrchr strspn strstr strtok"
    ),
}
C = {name: header for header, names in _C_HEADERS.items() for name in names.split()}
_CPP_HEADERS = {
    "algorithm": (
        "all_of any_of clamp copy_if count count_if fill find find_if max max_element min min_element "
        "none_of remove_if replace reverse rotate sort stable_sort transform unique"
    ),
    "array": "array",
    "chrono": "chrono",
    "deque": "deque",
    "fstream": "fstream ifstream ofstream",
    "functional": "function greater less",
    "iomanip": "fixed setfill setprecision setw",
    "iostream": "cerr cin cout",
    "limits": "numeric_limits",
    "map": "map multimap",
    "memory": "make_shared make_unique shared_ptr unique_ptr",
    "mutex": "lock_guard mutex unique_lock",
    "numeric": "accumulate gcd iota lcm",
    "optional": "nullopt optional",
    "queue": "priority_queue queue",
    "random": "mt19937 random_device uniform_int_distribution",
    "regex": "regex regex_match regex_replace regex_search smatch",
    "set": "multiset set",
    "sstream": "istringstream ostringstream stringstream",
    "stack": "stack",
    "stdexcept": "invalid_argument logic_error out_of_range runtime_error",
    "string": "stod stoi stol string to_string",
    "string_view": "string_view",
    "thread": "thread",
    "tuple": "make_tuple tie tuple",
    "unordered_map": "unordered_map",
    "unordered_set": "unordered_set",
    "utility": "exchange make_pair move pair swap",
    "variant": "variant",
    "vector": "vector",
}
CPP = {name: header for header, names in _CPP_HEADERS.items() for name in names.split()}
