import java.io.FileInputStream;
import java.util.stream.Collectors;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Judges each PDF named on the command line as PDF/A-3a and as PDF/UA-1: file, standard, verdict, checks, broken clauses. */
public class Verify {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            for (String standard : new String[] {"3a", "ua1"}) {
                PDFAFlavour flavour = PDFAFlavour.fromString(standard);
                try (FileInputStream in = new FileInputStream(file);
                        PDFAParser parser = Foundries.defaultInstance().createParser(in, flavour);
                        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                    ValidationResult found = validator.validate(parser);
                    String broken = found.getTestAssertions().stream()
                            .filter(each -> each.getStatus() == TestAssertion.Status.FAILED)
                            .map(each -> each.getRuleId().getClause() + "-" + each.getRuleId().getTestNumber())
                            .distinct().collect(Collectors.joining(" "));
                    System.out.println(String.join("\t", file, standard, String.valueOf(found.isCompliant()),
                            String.valueOf(found.getTotalAssertions()), broken));
                }
            }
        }
    }
}
