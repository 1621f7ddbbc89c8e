package dev.hitless.iommu.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Turns a lower-case word into the constant that prints as it; anything else is answered with the words there are. */
abstract class WordConverter<E extends Enum<E>> implements ITypeConverter<E> {
    private final List<E> constants;

    WordConverter(Class<E> type) {
        this.constants = Arrays.asList(type.getEnumConstants());
    }

    @Override
    public E convert(String word) {
        for (E constant : constants) {
            if (constant.toString().equals(word.toLowerCase(Locale.ROOT))) {
                return constant;
            }
        }
        throw new TypeConversionException("'" + word + "' is none of "
                + String.join(", ", constants.stream().map(Enum::toString).toList()));
    }
}
